"""Models as declarations: manifest, verified store, ONNX Runtime sessions."""
