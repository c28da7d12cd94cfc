"""The page with controls on it, served from this machine. Floor 8; starlette, uvicorn, lazily.

``controls`` says what can be moved, ``moves`` what the hand has moved, ``answers`` what comes of it, ``keeping`` writes
it as a document: these know nothing of the web. ``live`` is a conversation with one browser page, ``server`` the door
that it comes through, ``serving`` opens and closes it.
"""
