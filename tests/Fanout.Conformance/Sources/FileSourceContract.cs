using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Sources;

/// <summary>What every source that reads a file where it stands promises besides.</summary>
public abstract class FileSourceContract(TextKind kind) : TextSourceContract(kind)
{
    private const int Items = 2_000;

    protected string File => Directory["source"];

    protected override string SaysMissing => $"There is no file '{File}'";

    protected override string Put(byte[] text) => Directory.Write("source", text);

    protected override void Delete() => System.IO.File.Delete(File);

    [Fact]
    public async Task FileThatGrew_IsRefused()
    {
        var (source, plan, workspace) = await Planned(Items);
        await System.IO.File.AppendAllTextAsync(File, "\n");
        await AssertChanged(source, plan, workspace, "its size was", alsoAtOpen: true);
    }

    [Fact]
    public async Task FileWrittenAtAnotherTime_IsRefused()
    {
        var (source, plan, workspace) = await Planned(Items);
        System.IO.File.SetLastWriteTimeUtc(File, System.IO.File.GetLastWriteTimeUtc(File).AddSeconds(1));
        await AssertChanged(source, plan, workspace, "it was last written at", alsoAtOpen: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public async Task OtherContentOfTheSameSizeAndTime_IsRefused(double where)
    {
        var (source, plan, workspace) = await Planned(Items);
        var written = System.IO.File.GetLastWriteTimeUtc(File);
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        bytes[(int)(where * (bytes.Length - 1))] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, bytes);
        System.IO.File.SetLastWriteTimeUtc(File, written);
        await AssertChanged(source, plan, workspace, "its content differs", alsoAtOpen: false);
    }

    [Fact]
    public async Task DirectoryInPlaceOfTheFile_IsRefusedByEveryStep()
    {
        var (source, plan, workspace) = await Planned(3);
        Delete();
        System.IO.Directory.CreateDirectory(File);
        foreach (var step in Steps(source, plan, workspace))
        {
            var error = await Assert.ThrowsAsync<SourceException>(step);
            Assert.Contains($"'{File}' is a directory", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FileWithoutReadPermission_IsRefused()
    {
        var (source, _, _) = await Planned(3);
        // Nothing is unreadable to a privileged user, nor does Windows know this kind of permission.
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return;
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserWrite);
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.CheckAsync(CancellationToken.None));
        Assert.Contains("Grant read permission", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileCutOffWhileItIsRead_IsRefused()
    {
        var spec = Arrange(Samples(Items));
        var source = Create(spec, new ScanSettings { BlockBytes = 256 });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        await using var reader = await source.OpenAsync(plan, workspace, 0, plan.ItemCount, CancellationToken.None);
        await using (var file = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(file.Length / 2);

        var error = await Assert.ThrowsAsync<SourceException>(async () =>
        {
            while (await reader.WaitToReadAsync(CancellationToken.None))
            {
                while (reader.TryRead(out _))
                {
                }
            }
        });
        Assert.Contains("when it was planned", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertChanged(ISource source, SourcePlan plan, MemoryWorkspace workspace, string what, bool alsoAtOpen)
    {
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("Restore the file as it was, or start a new run.", error.Message, StringComparison.Ordinal);
        if (alsoAtOpen)
            await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
    }
}
