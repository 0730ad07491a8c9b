"""The adapters: an update of a platform becomes an event, a delivery becomes its API calls. Nothing else.

Platforms know nothing of each other, decide nothing and remember nothing but what their own platform does not.
"""
