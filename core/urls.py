from django.conf import settings
from django.urls import include, path

from core.api.media import MediaView
from core.views import health, language, media, styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", language.choose, name="set_language"),
    path("", include(([path("media/<str:sha256>/", media.photo, name="media")], "core"))),
]
api_urlpatterns = [path("media/<str:sha256>/", MediaView.as_view(), name="api_media")]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("styleguide/sheet/", styleguide.sheet, name="styleguide_sheet"),
        path("styleguide/map/<slug:layer>/", styleguide.layer, name="styleguide_map"),
        path("styleguide/<slug:shell>/", styleguide.styleguide, name="styleguide_shell"),
    ]
