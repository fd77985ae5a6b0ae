"""Journal: events, the sealed audit chain, answered submissions, the outbox, request ids and logs."""
