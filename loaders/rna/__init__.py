"""RNA, the French national register of associations."""
