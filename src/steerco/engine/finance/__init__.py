"""Money by month: what was approved, spent, accrued and is forecast, and what that adds up to."""
