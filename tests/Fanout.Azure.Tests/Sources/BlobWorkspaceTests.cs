using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

[Trait("Category", Categories.Azurite)]
public sealed class BlobWorkspaceTests : WorkspaceContract
{
    private AzureStorage? _hub;

    protected override async Task<ISourceWorkspace> OpenAsync()
    {
        _hub = (await Azurite.SharedAsync()).NewHub();
        return OpenAgain();
    }

    protected override ISourceWorkspace OpenAgain() => new BlobWorkspace(_hub!, "run");
}
