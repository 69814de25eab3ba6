"""The WSGI program `sandbox.stripe.wsgi:app`: one worker, several blocking threads, its own background threads."""

import os

from sandbox.stripe.program import StripeSandbox
from sandbox.stripe.settings import StripeSettings

sandbox = StripeSandbox(StripeSettings.from_environ(os.environ))
sandbox.start()
app = sandbox.app
