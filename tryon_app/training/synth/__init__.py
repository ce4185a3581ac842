"""Synthetic people in sewn garments: pictures whose every label, landmark and flow is known exactly."""
