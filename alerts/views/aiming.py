"""Whom a draft is for inside its areas: the map to draw on, a site's surroundings, must-reach households only."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from alerts import actions, queries
from alerts.forms import AimForm
from alerts.models import NoticeAim
from alerts.views.asking import found, who
from core import clock
from core.rules import Refused
from core.views.permission import requires


@requires("notices.draft")
def aim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Draw, pick, store; the notice's page then counts anew."""
    user, row = who(request), found(request, uuid)
    known = NoticeAim.objects.filter(notice=row).select_related("site").first()
    initial = {
        "version": row.version,
        "polygon": known.polygon.geojson if known and known.polygon else "",
        "site": known.site.code if known and known.site else "",
        "radius_m": known.radius_m if known and known.site else 300,
        "only_must_reach": known.only_must_reach if known else False,
    }
    form = AimForm(request.POST or None, initial=initial, sites=queries.sites_to_aim_at(row))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.aim(
                notice=row,
                version=given["version"],
                drawn=given["polygon"],
                site=form.chosen,
                radius_m=given["radius_m"] or 0,
                only_must_reach=given["only_must_reach"],
                by=user,
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in ("site", "radius_m") else None, str(refusal))
        else:
            return redirect("alerts:notice", uuid)
    context = {
        "notice": row,
        "form": form,
        "extent": queries.whole_extent(row),
        "layers": [
            {"label": _("Sub-districts"), "url": reverse("alerts:outlines"), "role": "base", "on": True},
        ],
        **({"exercise": _("Exercise")} if row.exercise else {}),
        "shape": json.dumps(json.loads(known.shape.geojson)) if known and known.shape else "",
    }
    return render(request, "alerts/aim.html", context, status=400 if form.errors else 200)
