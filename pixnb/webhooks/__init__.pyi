from pixnb.webhooks.receiver import Receiver as Receiver
from pixnb.webhooks.receiver import app as app
from pixnb.webhooks.signature import verify as verify
