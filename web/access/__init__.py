"""Who may see what: tokens with scopes, sessions of browsers, limits, and headers that browsers heed."""

from tracking.hosts import is_loopback
from web.access.door import Door
from web.access.limits import Limits
from web.access.sessions import Sessions
from web.access.tokens import Scope, Token, Tokens, add_token

__all__ = ["Door", "Limits", "Scope", "Sessions", "Token", "Tokens", "add_token", "is_loopback"]
