using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class DirectoryWorkspaceTests : WorkspaceContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override Task<ISourceWorkspace> OpenAsync() => Task.FromResult(OpenAgain());

    protected override ISourceWorkspace OpenAgain() => new DirectoryWorkspace(_directory["not/yet/made"]);

    [Fact]
    public void PublishedFile_LeavesNothingBesideIt()
    {
        using (var file = Workspace.Create("a"))
            file.WriteByte(1);
        Workspace.Publish("a");
        Assert.Equal(["a"], Directory.GetFiles(_directory["not/yet/made"]).Select(Path.GetFileName));
    }
}
