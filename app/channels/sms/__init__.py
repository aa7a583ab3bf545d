"""Text messages by gateways: presets of three providers, and one that an administrator describes."""

from __future__ import annotations

from app.channels.sms.aliyun import Aliyun
from app.channels.sms.gateway import Gateway, Sms
from app.channels.sms.generic import Generic
from app.channels.sms.mas import Mas
from app.channels.sms.templates import Slot, Template
from app.channels.sms.tencent import Tencent

__all__ = ["Aliyun", "Gateway", "Generic", "Mas", "Slot", "Sms", "Template", "Tencent"]
