using Xunit;

namespace Fanout.Azure.Tests.Sources;

public sealed class StagedFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-staged-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void FileBeingWritten_HasNoName_SoThatAKilledProcessLeavesNothing()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var file = new StagedFile(_directory.FullName);
        file.Write(new byte[100_000]);
        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public void ContentOutlivesTheWriter_UntilItIsDeleted()
    {
        var file = new StagedFile(_directory.FullName);
        file.Write([1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => file.Content());
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.WriteByte(4));
        foreach (var _ in (int[])[1, 2])
        {
            var content = new byte[3];
            file.Content().ReadExactly(content);
            Assert.Equal([1, 2, 3], content);
        }

        file.Delete();
        Assert.Empty(_directory.GetFiles());
    }
}
