"""意见反馈: whoever has signed in writes, the administrator reads."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import actions
from accounts.forms import FeedbackForm
from accounts.models import Feedback, User
from core import clock
from core.rules import Refused
from core.views.permission import signed_in

SHOWN = 100


@signed_in
def feedback(request: HttpRequest) -> HttpResponseBase:
    """One box to write in; below it, for whoever keeps the accounts of an area, what its people wrote."""
    user, status = cast("User", request.user), 200
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("page", "")[:200]})
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.give_feedback(by=user, now=clock.now(), **form.cleaned_data)
                messages.success(request, _("Thank you: the administrator reads it."))
                return redirect("accounts:feedback")
            except Refused as refused:
                form.add_error("text", str(refused))
    reads = user.can("people.manage")
    rows = Feedback.objects.select_related("by").order_by("-pk")[:SHOWN] if reads else []
    shell = "base.html" if user.can("board.view") else "phone.html"
    context = {"form": form, "rows": rows, "reads": reads, "shell": shell}
    return render(request, "accounts/feedback.html", context, status=status)
