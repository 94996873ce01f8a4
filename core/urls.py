from django.conf import settings
from django.urls import path

from core.views import health, language, styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", language.choose, name="set_language"),
]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("styleguide/sheet/", styleguide.sheet, name="styleguide_sheet"),
        path("styleguide/map/<slug:layer>/", styleguide.layer, name="styleguide_map"),
        path("styleguide/<slug:shell>/", styleguide.styleguide, name="styleguide_shell"),
    ]
