# What the configuration says of a model. Java writes it.


class Shape:
  layers : int
  heads : int
  kv : int
  head_size : int
  eps : float
  theta : float
  tied : bool
  depth : int
  vision_heads : int
  vision_head_size : int
  square : int
  deep : List[int]

  def head_name(self: __torch__.shape.Shape) -> str:
    if self.tied:
      return "model.embed_tokens.weight"
    return "lm_head.weight"
