using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

/// <summary>Paths are judged by where they lead.</summary>
public sealed class DirectoryRootsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-roots-");
    private readonly DirectoryRoots _roots;

    public DirectoryRootsTests()
    {
        foreach (var name in new[] { "allowed/in", "allowed-too", "other" })
            Directory.CreateDirectory(At(name));
        _roots = new DirectoryRoots([At("allowed")]);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("allowed", true)]
    [InlineData("allowed/a.txt", true)]
    [InlineData("allowed/in/../a.txt", true)]
    [InlineData("allowed-too/a.txt", false)]
    [InlineData("allowed/../other/a.txt", false)]
    [InlineData("other", false)]
    [InlineData("", false)]
    public void Path_IsBelowARoot_OrNot(string path, bool expected) => Assert.Equal(expected, _roots.Contains(At(path)));

    [Fact]
    public void Links_AreFollowed_WhereverOnTheWayTheyAre()
    {
        Directory.CreateSymbolicLink(At("allowed/out"), At("other"));
        Directory.CreateSymbolicLink(At("allowed/back"), "../allowed/in");
        Directory.CreateSymbolicLink(At("other/home"), At("allowed"));
        File.CreateSymbolicLink(At("allowed/circle"), At("allowed/circle"));
        Assert.False(_roots.Contains(At("allowed/out/a.txt")));
        Assert.True(_roots.Contains(At("allowed/back/a.txt")));
        Assert.True(_roots.Contains(At("other/home/a.txt")));
        Assert.False(_roots.Contains(At("allowed/circle")));
        Assert.True(new DirectoryRoots([At("other/home")]).Contains(At("allowed/a.txt"))); // The root itself is a link.
    }

    [Fact]
    public void Patterns_DoNotFollowLinksOut_WhereThatIsNotAllowed()
    {
        File.WriteAllText(At("allowed/in/a.txt"), "");
        File.WriteAllText(At("other/b.txt"), "");
        Directory.CreateSymbolicLink(At("allowed/out"), At("other"));
        Assert.Equal(2, Find(null, "allowed/*/*.txt").Count);
        Assert.Contains("leads out", Assert.Throws<SourceException>(() => Find(_roots, "allowed/*/*.txt")).Message, StringComparison.Ordinal);
        Assert.Single(Find(_roots, "allowed/in/*.txt"));
        Assert.Equal(2, Find(new DirectoryRoots([At("other")]), "allowed/*/*.txt").Count);

        File.CreateSymbolicLink(At("allowed/in/c.txt"), At("other/b.txt"));
        Assert.Throws<SourceException>(() => Find(_roots, "allowed/in/*.txt"));
    }

    private IReadOnlyCollection<string> Find(DirectoryRoots? links, string pattern) =>
        new GlobWalk(_directory.FullName, links, CancellationToken.None).Find([new Glob(pattern)], []);

    private string At(string path) => Path.Combine(_directory.FullName, path);
}
