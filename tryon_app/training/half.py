"""Weights in half precision, where a file keeps them: half as large, and computing stays as it is.

ONNX Runtime widens them once, when it loads the network.
"""

from typing import Any

import numpy as np

_HALF = "_half"


def halved(model: Any) -> Any:
    """An ONNX model whose convolutions' weights are kept in half precision.

    Args:
        model: Changed in place.
    """
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 4:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), name + _HALF))
            casts.append(helper.make_node("Cast", [name + _HALF], [name], name=f"{name}_widened", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def widened(model: Any) -> Any:
    """The same model with its weights in single precision, as tools expect them that look at weights.

    Args:
        model: Changed in place.
    """
    from onnx import numpy_helper

    kept = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        tensor = kept.get(node.input[0]) if node.op_type == "Cast" else None
        if tensor is None:
            nodes.append(node)
        else:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), node.output[0]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model
