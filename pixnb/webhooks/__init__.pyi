from pixnb.webhooks.receiver import Receiver as Receiver
from pixnb.webhooks.receiver import app as app
from pixnb.webhooks.receiver import verify as verify
