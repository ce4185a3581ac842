"""`tryon bench --soak`: does it run for weeks? People come and go, garments change, things break."""
