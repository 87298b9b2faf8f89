from tickets.channels.base import Channel
from tickets.channels.email.adapter import EmailChannel
from tickets.channels.webform.adapter import WebFormChannel

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (EmailChannel(), WebFormChannel())
}
