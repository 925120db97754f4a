"""E-mail and chats, by the addresses of Apprise (https://github.com/caronc/apprise), which is an optional package."""
