"""Who may apply, and when: calls with window, quota and score sheet, and bans."""
