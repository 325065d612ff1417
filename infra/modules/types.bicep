metadata description = 'Types that several templates share.'

@export()
@description('Instances that are kept warm for a group of functions (http, durable, blob) or for one function (function:NAME).')
type AlwaysReady = {
  name: string

  @minValue(1)
  @maxValue(1000)
  instanceCount: int
}

@export()
@description('Tags of a resource.')
type Tags = {
  *: string
}
