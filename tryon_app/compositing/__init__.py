"""From a flow to a picture: occlusion, edges, light."""
