using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Sources;

/// <summary>What every workspace promises. A workspace's tests derive from this.</summary>
public abstract class WorkspaceContract : IAsyncLifetime
{
    private ISourceWorkspace? _workspace;

    protected ISourceWorkspace Workspace => _workspace ?? throw new InvalidOperationException("The workspace is not open yet.");

    public async Task InitializeAsync() => _workspace = await OpenAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Opens a workspace of which nothing is there yet.</summary>
    protected abstract Task<ISourceWorkspace> OpenAsync();

    /// <summary>Opens the same workspace as another process would.</summary>
    protected abstract ISourceWorkspace OpenAgain();

    [Fact]
    public void FileIsThere_OnlyWhenItIsPublished()
    {
        Assert.False(Workspace.Exists("a"));
        using (var file = Workspace.Create("a"))
            file.WriteByte(1);
        Assert.False(Workspace.Exists("a"));
        Assert.Throws<FileNotFoundException>(() => Workspace.OpenRead("a"));
        Assert.Throws<FileNotFoundException>(() => OpenAgain().OpenRead("a"));

        Workspace.Publish("a");
        Assert.True(Workspace.Exists("a"));
        Assert.True(OpenAgain().Exists("a"));
        Assert.False(Workspace.Exists("b"));
        Assert.Equal([1], ReadAll(OpenAgain(), "a"));
    }

    [Fact]
    public void FileThatWasNeverCreated_CannotBePublished() => Assert.ThrowsAny<IOException>(() => Workspace.Publish("a"));

    [Fact]
    public void Publish_ReplacesWhatWasThere_ButNotForReadersThatHaveItOpen()
    {
        Write(1);
        using var before = Workspace.OpenRead("a");
        Write(2);
        using var after = Workspace.OpenRead("a");
        using var again = Workspace.OpenRead("a");
        Assert.Equal([1, 2, 2], new[] { before.ReadByte(), after.ReadByte(), again.ReadByte() });
    }

    [Fact]
    public void FileThatWasNotPublished_IsStartedAfresh()
    {
        using (var file = Workspace.Create("a"))
            file.Write([1, 2, 3]);
        Write(9);
        Assert.Equal([9], ReadAll(Workspace, "a"));
    }

    [Fact]
    public void FileBeingWritten_CanBeReadAndCutAndGoneBackIn()
    {
        using (var file = Workspace.Create("a"))
        {
            file.Write([1, 2, 3, 4]);
            file.Position = 1;
            Assert.Equal(2, file.ReadByte());
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte(9);
            file.Position = 0;
            file.WriteByte(7);
            file.SetLength(3);
            Assert.Equal(3, file.Length);
        }

        Workspace.Publish("a");
        Assert.Equal([7, 2, 3], ReadAll(Workspace, "a"));
    }

    [Fact]
    public void EmptyFile_IsAFileToo()
    {
        Workspace.Create("a").Dispose();
        Workspace.Publish("a");
        Assert.True(Workspace.Exists("a"));
        Assert.Empty(ReadAll(OpenAgain(), "a"));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task PublishedFile_IsReadFromAnyPlace_ByManyAtOnce(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        await using (var file = Workspace.Create("a"))
            await file.WriteAsync(bytes);
        Workspace.Publish("a");

        var reader = OpenAgain();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => ReadHereAndThere(reader, bytes, new Random(seed)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    public void NameThatIsNoPlainFileName_IsRefused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => Workspace.Create(name));
        Assert.ThrowsAny<ArgumentException>(() => Workspace.OpenRead(name));
    }

    private static void ReadHereAndThere(ISourceWorkspace workspace, byte[] bytes, Random random)
    {
        using var file = workspace.OpenRead("a");
        Assert.Equal(bytes.Length, file.Length);
        var read = new byte[30_000];
        for (var times = 0; times < 10; times++)
        {
            var at = random.Next(bytes.Length - (2 * read.Length));
            file.Position = at;
            file.ReadExactly(read);
            Assert.True(bytes.AsSpan(at, read.Length).SequenceEqual(read));
            file.ReadExactly(read);
            Assert.True(bytes.AsSpan(at + read.Length, read.Length).SequenceEqual(read));
        }

        file.Position = bytes.Length;
        Assert.Equal(-1, file.ReadByte());
    }

    private void Write(byte value)
    {
        using (var file = Workspace.Create("a"))
            file.WriteByte(value);
        Workspace.Publish("a");
    }

    private static byte[] ReadAll(ISourceWorkspace workspace, string name)
    {
        using var file = workspace.OpenRead(name);
        using var all = new MemoryStream();
        file.CopyTo(all);
        return all.ToArray();
    }
}
