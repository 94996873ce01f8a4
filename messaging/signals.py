"""News for the floors above, sent inside the transaction that stores it, and what is asked of them before it."""

from django.dispatch import Signal

# Replies have been stored. `replies`: list[messaging.models.Reply] in the order of their saying, each with its delivery
# where one was matched. Who raises gets them again in smaller lists.
replies_stored = Signal()

# Nobody above could take in a reply. `reply`: messaging.models.Reply.
reply_refused = Signal()

# Which of these senders were asked for a code? Each receiver returns the numbers it has asked. `numbers`: set[str].
codes_asked = Signal()

# Which of these senders may be asking for help? Each receiver returns the numbers of those. `said`: number and text,
# set[tuple[str, str]].
cries_asked = Signal()

# The deliveries of an old broadcast are about to be destroyed with their replies.
# `broadcast`: messaging.models.Broadcast.
replies_end = Signal()
