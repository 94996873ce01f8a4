"""Settings of the platform. What a district changes comes from the environment; `.env.example` lists it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from weidong_ops.beat import BEAT_SCHEDULE
from weidong_ops.env import env, required

# Querysets, managers and admin classes are generic for mypy only; this makes `Manager["X"]` work at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)  # installs `simulators`: the demo district and the storm
SECRET_KEY = required("SECRET_KEY", example="$(openssl rand -hex 32)")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")  # stands in links sent by SMS
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
DISTRICT_CODE = env.str("DISTRICT_CODE", "410403")
APPRAISAL = env.bool("APPRAISAL", False)  # 百分制: monthly scores of grid workers

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "leaflet",
    "rest_framework",
    "rest_framework_gis",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "core",
    "territory",
    "accounts",
    "messaging",
    "assignments",
    "hazards",
    "telemetry",
    "supplies",
    "dutyroster",
    "alerts",
    "command",
    "drills",
    "board",
    "field",
    "residents",
    *(["simulators"] if DEMO else []),
]

MIDDLEWARE = [
    "core.middleware.DatabaseAwayMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageByChoice",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "weidong_ops.urls"
ASGI_APPLICATION = "weidong_ops.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.views.context.navigation",
            ],
        },
    }
]

# --- data ------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", required("DATABASE_URL", example="postgis://user:password@127.0.0.1/weidong")
    )
}
# Seconds a thread keeps its connection. The web's door sets it for itself: its threads are few and stay. Workers' tasks
# give theirs back at once, so that what they hold does not add up to more than PostgreSQL takes.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_KEPT_SECONDS", 0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # one that a restart has cut is opened anew, not answered with 503
# Compiling a statement takes PostgreSQL up to a second, longer than any of ours runs.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DATABASES["default"]["ENGINE"] = "django.contrib.gis.db.backends.postgis"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

APP_ROLE = env.str("APP_ROLE", "")  # the database role the platform runs as, when another owns the tables

REDIS_URL = required("REDIS_URL", example="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a flushed Redis signs nobody out

# --- the bell --------------------------------------------------------------------------------------------------------

# kombu names a socket differently from redis-py: redis+socket:///path?virtual_host=0 instead of unix:///path?db=0.
CELERY_BROKER_URL = (
    "redis+socket://" + REDIS_URL.removeprefix("unix://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = "weidong_ops.beat.route"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 0.5}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
TICK_LATE_SECONDS = 30.0
TICK_LATE_BY_NAME = {
    "alerts.remind_all_clear": 60.0,  # comes round every 20 seconds
    "alerts.poll_feeds": 60.0,  # a pass may wait for slow servers
    "hazards.sweep": 150.0,  # comes round once a minute
    "hazards.patrols": 75.0,  # comes round twice a minute
    "hazards.routine": 12 * 3600.0,  # by day only
    "hazards.season_rounds": 12 * 3600.0,
    "supplies.check_ledger": 26 * 3600.0,  # once a night
    "messaging.purge": 26 * 3600.0,
    "accounts.forget_codes": 26 * 3600.0,
    "hazards.forget_requesters": 26 * 3600.0,
    "alerts.forget_subscriptions": 26 * 3600.0,
    "assignments.forget_links": 26 * 3600.0,
    "supplies.tell_keepers": 26 * 3600.0,
}
CELERY_TIMEZONE = "Asia/Shanghai"

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.NameOrPhoneBackend"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"

TILES_URL = env.str("TILES_URL", "")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([TILES_URL.split("/{", 1)[0].replace("{s}", "*")] if TILES_URL else [])],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- what the lower floors ask of the higher ones, by dotted path ----------------------------------------------------

RESOLVERS = {
    # accounts -> messaging: how a sign-in code or an activation link reaches one contact point
    "PRIVATE_TEXT": "messaging.actions.send_private_text",
    "PRIVATE_TEXTS": "messaging.actions.send_private_texts",
    # assignments -> their owners: the page and the form of a duty
    "ASSIGNMENT_PAGE": "weidong_ops.resolvers.assignment_page",
    # assignments -> their owners: the page of what a duty is about, where it is reported on its own page or by link
    "ASSIGNMENT_SUBJECT": "weidong_ops.resolvers.assignment_subject",
    # assignments -> dutyroster: who holds a post of an area at a moment
    "ON_DUTY": "dutyroster.queries.on_duty_people",
    # assignments -> command: who is asked in place of somebody who does not answer
    "DEPUTIES": "command.queries.people.deputies_of",
    # assignments -> dutyroster: everybody whom a roster counts on
    "ROSTERED": "dutyroster.queries.rostered",
    # dutyroster -> command: the response level in force over an area, None when there is none
    "SITUATION": "command.queries.level_in_force",
    # hazards -> field: what looked odd about a visit when a phone sent it
    "RECORD_FLAGS": "field.queries.flags_of",
    # core -> everybody: may this person see this photograph?
    "MAY_SEE_PHOTO": "weidong_ops.resolvers.may_see_photo",
}
# What else lies behind a mask: kind -> function (user, key) -> (name, numbers) or None outside his areas.
REVEAL_SOURCES = {"request": "hazards.queries.revealed_request", "chain": "alerts.queries.revealed_chain"}
# What `manage.py pump` does besides the message lanes when no broker wakes anybody: actions taking `now`.
PUMPED = [
    "messaging.actions.fall_back",
    "messaging.actions.self_test_daily",
    "assignments.actions.escalate_due",
    "assignments.actions.report_unreachable",
    "alerts.actions.send_waves",
    "alerts.actions.mark_apart",
    "alerts.actions.call_units",
    "alerts.actions.ring_chains",
    "alerts.actions.close_waiting",
    "alerts.actions.remind_all_clear",
    "alerts.actions.poll_feeds",
    "hazards.actions.sweep",
    "hazards.actions.watch_patrols",
    "hazards.actions.write_dates_by_day",
    "hazards.actions.open_season_rounds_by_day",
    "dutyroster.actions.open_shifts",
    "dutyroster.actions.watch_shifts",
    "dutyroster.actions.call_roll",
    "supplies.actions.tell_keepers",
    "drills.actions.fire_due",
]
# What a shift leaves to the next: functions (scope, now) -> list[core.rules.OpenItem], one of each app that knows some.
HANDOVER_SOURCES: list[str] = [
    "assignments.queries.open_items",
    "assignments.queries.unclaimed_items",
    "hazards.queries.open_items",
    "hazards.queries.finding_open_items",
    "hazards.queries.missed_items",
    "hazards.queries.request_open_items",
    "dutyroster.queries.open_items",
    "alerts.queries.open_items",
    "alerts.queries.consultations_open",
    "alerts.queries.countersigns_open",
    "supplies.queries.open_items",
    "supplies.queries.notices_open_items",
    "supplies.queries.stocktake_open_items",
    "command.queries.open_items",
    "drills.queries.open_items",
    "field.queries.refused_items",
]
# What people did, for their work logs: functions (people, start, end) -> list[assignments.rules.Done], one of each app
# that keeps a record of somebody's work.
WORK_LOG_SOURCES: list[str] = [
    "assignments.queries.duties_done",
    "hazards.queries.work_done",
    "dutyroster.queries.work_done",
    "alerts.queries.work_done",
    "command.queries.work_done",
]
# The kinds of duty, declared by the app that owns each.
ASSIGNMENT_KINDS = [
    "assignments.rules.RECTIFY",
    "dutyroster.rules.attendance.TAKE_POST",
    "dutyroster.rules.attendance.STAND_IN",
    "dutyroster.rules.attendance.ROLL_CALL",
    "dutyroster.rules.attendance.EMPTY_POST",
    "supplies.rules.ISSUE_PAPERS",
    "supplies.rules.TAKE_DELIVERY",
    "supplies.rules.STOCKTAKE",
    "hazards.rules.REINSPECTION",
    "hazards.rules.CITIZEN_REQUEST",
    "hazards.rules.PATROL",
    "hazards.rules.PATROL_POINT",
    "alerts.rules.DOOR_KNOCK",
    "alerts.rules.UNIT_CALL",
    "alerts.rules.WARNING_CALL",
    "alerts.rules.CONSULTATION",
    "alerts.rules.COUNTERSIGN",
    "alerts.rules.AUTHORISED_USE",
    "alerts.rules.ALL_CLEAR_DUE",
    "command.rules.PLAN_TASK",
    "command.rules.ORDER",
    "command.rules.CALL_OUT",
    "command.rules.danger.DANGER",
    "command.rules.danger.DANGER_RECEIPT",
    "command.rules.danger.HELP",
    "command.rules.closure.CLOSURE",
    "command.rules.closure.CLOSE_TRAFFIC",
    "command.rules.closure.CLOSE_DRAINAGE",
    "command.rules.closure.CLOSE_WATCH",
    "command.rules.underground.UNDERGROUND",
    "drills.rules.DRILL_DUTY",
    "drills.rules.IMPROVEMENT",
]

# What the platform says, as it is filed with providers: functions () -> list[messaging.rules.Purpose].
MESSAGE_PURPOSES: list[str] = [
    "assignments.queries.purposes",
    "alerts.queries.purposes",
    "alerts.queries.subscriptions.purposes",
    "command.queries.purposes",
    "supplies.queries.purposes.purposes",
    "drills.queries.purposes.purposes",
    "messaging.queries.private_texts.purposes",
]

# --- the outside world -----------------------------------------------------------------------------------------------

INSTALLATION = env.str("INSTALLATION", "wd")  # prefix of our ids at a gateway that several installations share
DUTY_PHONE = env.str("DUTY_PHONE", "")  # the duty room's number, on every phone page and notice
FILING_NUMBER = env.str("FILING_NUMBER", "")  # printed at the foot of every page; empty hides it
# How long a household's telephone may keep silent before its next one is tried. Receipts come within a minute or two;
# three telephones fit the ten minutes after which somebody is sent to the door. 0: one telephone a household only.
NOTICE_WAVE_SECONDS = env.int("NOTICE_WAVE_SECONDS", 180)
# From how many doors that one person ticks within a minute on they are shown to the community to be looked at.
DOOR_TICKS_A_MINUTE = max(2, env.int("DOOR_TICKS_A_MINUTE", 30))
# From how many households on the coverage of a notice is counted once for everybody who looks, every five seconds.
COVERAGE_TAKEN_FROM = env.int("COVERAGE_TAKEN_FROM", 2000)
# Official warnings: from which level on people are called out (1 red … 4 blue, 0 nobody), and within how many minutes
# the leader on duty consults.
WARNING_CALL_LEVEL = env.int("WARNING_CALL_LEVEL", 2)
WARNING_CONSULTATION_MINUTES = max(1, env.int("WARNING_CONSULTATION_MINUTES", 30))
# Where feeds of warnings may stand: nothing is fetched from any other address.
FEED_HOSTS: list[str] = env.list("FEED_HOSTS", ["severeweather.wmo.int"])
# Our name as a sender of CAP messages: an OID of the register of alerting authorities where the district has one.
CAP_SENDER = env.str("CAP_SENDER", "") or f"fangxun-{DISTRICT_CODE}@{urlsplit(PUBLIC_URL).hostname or 'localhost'}"
# Retention. Records of what was sent are kept six months by law (网络安全法 art. 21), hence at least 180 days.
KEEP_MESSAGES_DAYS = max(180, env.int("KEEP_MESSAGES_DAYS", 365))
KEEP_LINKS_DAYS = max(1, env.int("KEEP_LINKS_DAYS", 30))
KEEP_REQUESTERS_DAYS = max(1, env.int("KEEP_REQUESTERS_DAYS", 365))
KEEP_SUBSCRIPTIONS_DAYS = max(1, env.int("KEEP_SUBSCRIPTIONS_DAYS", 30))
RETRY_SCALE = env.float("RETRY_SCALE", 1.0)  # divides the waits before a retry; fault runs set 10
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
SMS_GATEWAY_SECRET = env.str("SMS_GATEWAY_SECRET", "")
# False for a provider that delivers the same id as often as it is sent: unknown outcomes then wait for their receipt.
SMS_GATEWAY_IDEMPOTENT = env.bool("SMS_GATEWAY_IDEMPOTENT", True)
SMS_SIGNATURE = env.str("SMS_SIGNATURE", "卫东区防汛")
VOICE_GATEWAY_URL = env.str("VOICE_GATEWAY_URL", "")
VOICE_GATEWAY_SECRET = env.str("VOICE_GATEWAY_SECRET", "")
RING_LINES = max(1, env.int("RING_LINES", 5))  # of them for households: the others stay free for people on duty
VOICE_LINES = env.int("VOICE_LINES", 10)  # calls at the same time; what providers give without asking
# The keys of accounts that stand in the database under the name of their variable.
GATEWAY_SECRETS = {name: value for name, value in os.environ.items() if name.endswith("_GATEWAY_SECRET")}
# Where the daily self-test of every account goes.
SELF_TEST_PHONE = env.str("SELF_TEST_PHONE", DUTY_PHONE) or DUTY_PHONE
SELF_TEST_EMAIL = env.str("SELF_TEST_EMAIL", "")
# Where robots of groups may stand: nothing is posted to any other address.
ROBOT_HOSTS = env.list("ROBOT_HOSTS", ["qyapi.weixin.qq.com", "oapi.dingtalk.com"])
WEBHOOK_SECRET = env.str("WEBHOOK_SECRET", "")
vars().update(env.dj_email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "fangxun@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "field.api.device.DeviceAuthentication",  # first: a phone sends no cookie, and no door but its own hears it
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permission.Closed"],
    "DEFAULT_PAGINATION_CLASS": "core.api.paging.Keyset",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttle.PerPerson"],
    "DEFAULT_THROTTLE_RATES": {"person": "1200/min", "anonymous": "120/min"},
    "EXCEPTION_HANDLER": "core.api.problems.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "卫东区防汛指挥与值守平台 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["core.api.permission.SignedIn"],
}

# --- words, times, files ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "zh-hans")
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "var/static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "var/media")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FIELD_PACK_ROOT = env.path("FIELD_PACK_ROOT", BASE_DIR / "var/field_pack")

LEAFLET_CONFIG = {
    "SPATIAL_EXTENT": (113.20, 33.68, 113.54, 33.86),
    "DEFAULT_CENTER": (33.772, 113.365),
    "DEFAULT_ZOOM": 12,
    "MIN_ZOOM": 9,
    "MAX_ZOOM": 19,
    "TILES": [("底图", TILES_URL, {"attribution": ""})] if TILES_URL else [],
    "ATTRIBUTION_PREFIX": "",
    "RESET_VIEW": False,
    "SCALE": "metric",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"celery.app.trace": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}

# GDAL below 3.9 (Debian 12 has 3.6) raises gis.W001 about spatial references from strangers; we parse none but 4326.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
PGHISTORY_APPEND_ONLY = True
