using Xunit;

namespace Fanout.Embedded.Tests;

public sealed class HomePathsTests
{
    [Fact]
    public void Identity_StaysWithItsHomeAndIsNoOthers()
    {
        using var one = new TempHome();
        using var other = new TempHome();
        var identity = new HomePaths(one.Path).Identify();
        Assert.Equal(identity, new HomePaths(one.Path).Identify());
        Assert.NotEqual(identity, new HomePaths(other.Path).Identify());
        Assert.Equal(["id"], Directory.EnumerateFileSystemEntries(one.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void IdentityThatCannotBeMade_SaysWhereItWasToBe()
    {
        using var home = new TempHome();
        var file = Path.Combine(home.Path, "file");
        File.WriteAllText(file, "");
        var failure = Assert.Throws<StorageException>(() => new HomePaths(file).Identify());
        Assert.Contains(Path.Combine(file, "id"), failure.Message, StringComparison.Ordinal);
    }
}
