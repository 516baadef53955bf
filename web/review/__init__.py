"""What people say of the numbers, in the browser: hand counts, marked time, publishing."""

from web.review.desk import Desk
from web.review.routes import add_review

__all__ = ["Desk", "add_review"]
