"""Power before compute: what a suite will be able to see, and which margins it cannot hold."""
