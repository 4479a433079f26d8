"""Questions: one page's or one verb's facts, in a fixed number of queries."""
