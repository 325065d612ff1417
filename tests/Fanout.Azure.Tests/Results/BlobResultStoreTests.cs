using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Results;
using Fanout.Results;
using Xunit;

namespace Fanout.Azure.Tests.Results;

[Trait("Category", Categories.Azurite)]
public sealed class BlobResultStoreTests : ResultStoreContract
{
    // No container is created: the first thing written does that.
    protected override async Task<IResultStore> OpenAsync() => new BlobResultStore((await Azurite.SharedAsync()).NewHub());
}
