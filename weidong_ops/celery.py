"""The Celery app: workers that are woken, never a store of what must happen."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings")
app = Celery("weidong_ops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
