using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class DirectoryWorkspaceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void FileIsThere_OnlyWhenItIsPublished()
    {
        var workspace = new DirectoryWorkspace(_directory["not/yet/made"]);
        Assert.False(workspace.Exists("a"));
        using (var file = workspace.Create("a"))
            file.WriteByte(1);
        Assert.False(workspace.Exists("a"));
        Assert.Throws<FileNotFoundException>(() => workspace.OpenRead("a"));

        workspace.Publish("a");
        Assert.True(workspace.Exists("a"));
        Assert.Equal(["a"], Directory.GetFiles(_directory["not/yet/made"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Publish_ReplacesWhatWasThere_ButNotForReadersThatHaveItOpen()
    {
        var workspace = new DirectoryWorkspace(_directory.Path);
        Write(workspace, 1);
        using var before = workspace.OpenRead("a");
        Write(workspace, 2);
        using var after = workspace.OpenRead("a");
        using var again = workspace.OpenRead("a");
        Assert.Equal([1, 2, 2], new[] { before.ReadByte(), after.ReadByte(), again.ReadByte() });
    }

    [Fact]
    public void FileThatWasNotPublished_IsStartedAfresh()
    {
        var workspace = new DirectoryWorkspace(_directory.Path);
        using (var file = workspace.Create("a"))
            file.Write([1, 2, 3]);
        Write(workspace, 9);
        using var read = workspace.OpenRead("a");
        Assert.Equal(1, read.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    public void NameThatIsNoPlainFileName_IsRefused(string name)
    {
        var workspace = new DirectoryWorkspace(_directory.Path);
        Assert.ThrowsAny<ArgumentException>(() => workspace.Create(name));
        Assert.ThrowsAny<ArgumentException>(() => workspace.OpenRead(name));
    }

    public void Dispose() => _directory.Dispose();

    private static void Write(DirectoryWorkspace workspace, byte value)
    {
        using (var file = workspace.Create("a"))
            file.WriteByte(value);
        workspace.Publish("a");
    }
}
