"""The texts of messages, by subject, in Chinese and English."""
