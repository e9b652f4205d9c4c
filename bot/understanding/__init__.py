"""Reading a message: which language, which entry, how urgent. The only place with numpy and onnxruntime."""
