"""What both stand-ins share: a store, timers, webhooks, faults, and the control page."""
