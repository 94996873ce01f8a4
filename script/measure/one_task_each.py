"""The build that one meets everywhere, for comparison: one Celery task for each recipient.

The task fetches its row by the ORM, posts one signed message over a kept connection and saves the row.
"""

from celery import Celery
from django.conf import settings

from measure import world

world.enter()

# Not the current application: the platform's own bells ring in the measuring process, too.
app = Celery("one_task_each", broker=settings.CELERY_BROKER_URL, set_as_current=False)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    task_default_queue="one_task_each",
    broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
    broker_connection_retry_on_startup=True,
)


@app.task(name="one_task_each.send")
def send(delivery_id: int, text: str) -> None:
    """One message."""
    from core import clock
    from core.http import post_signed
    from messaging.enums import State
    from messaging.models import Delivery

    row = Delivery.objects.select_related("contact_point").get(pk=delivery_id)
    message = {"id": f"c-{row.pk}", "to": row.contact_point.address, "text": text, "lane": "bulk", "kind": "sms"}
    answer = post_signed(
        settings.SMS_GATEWAY_URL + "/v1/messages",
        {"messages": [message]},
        secret=settings.SMS_GATEWAY_SECRET,
        timeout=15,
        headers={"X-Account": "bulk"},
    )
    row.state, row.attempts, row.address = State.ACCEPTED, row.attempts + 1, row.contact_point.address
    row.provider_id, row.accepted_at = answer.body["results"][0]["provider_id"], clock.now()
    row.save()
