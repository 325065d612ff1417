using System.Text;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class StandardInputSourceTests : SourceContract
{
    private byte[] _input = [];

    protected override Gen<string> GenItem => Texts.Line.Where(line => line.Length > 0);

    protected override SourceSpec Arrange(IReadOnlyList<string> items)
    {
        _input = Encoding.UTF8.GetBytes(string.Join('\n', items));
        return new LinesSourceSpec { Path = "-" };
    }

    protected override Stream OpenStandardInput() => new MemoryStream(_input);

    [Fact]
    public async Task Check_DoesNotReadIt()
    {
        var source = SourceReading.Factory(standardInput: () => throw new InvalidOperationException()).Create(new LinesSourceSpec { Path = "-" });
        await source.CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task CompleteCopy_IsUsedWhenItIsPlannedAgain_WhateverStandardInputIsThen()
    {
        var (source, plan, workspace) = await Planned(10);
        var before = await source.Read(plan, workspace, 0, 10);
        _input = "other"u8.ToArray();
        Assert.Equal(plan, await source.Plan(workspace));
        Assert.Equal(before, await source.Read(plan, workspace, 0, 10));
    }

    [Fact]
    public async Task InputThatWasOnlyPartlyRead_IsNotReplacedByWhatComesNext()
    {
        using var directory = new TemporaryDirectory();
        var failing = SourceReading.Factory(standardInput: () => new BrokenPipe("a\nb\n")).Create(new LinesSourceSpec { Path = "-" });
        await Assert.ThrowsAsync<SourceException>(() => failing.Plan(new DirectoryWorkspace(directory.Path)));

        _input = "c\nd\n"u8.ToArray();
        var again = Create(new LinesSourceSpec { Path = "-" });
        var error = await Assert.ThrowsAsync<SourceException>(() => again.Plan(new DirectoryWorkspace(directory.Path)));
        Assert.Contains("Start the run again with the same input under a new id.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GzipIsKnownByItsFirstBytes()
    {
        _input = GzipSourceTests.Compress("1\n2\n");
        var source = Create(new JsonlSourceSpec { Path = "-" });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        Assert.Equal(["1", "2"], (await source.Read(plan, workspace, 0, 2)).Select(i => i.Value));
        Assert.Equal(plan, await source.Plan(workspace));
    }

    [Fact]
    public async Task LostCopy_IsRefused()
    {
        var (source, plan, workspace) = await Planned(10);
        workspace.Delete(WorkspaceFiles.Input);
        await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
    }

    [Fact]
    public async Task FullDisk_IsAnErrorOfStorage_NotOfTheSource()
    {
        _input = "a"u8.ToArray();
        var source = Create(new LinesSourceSpec { Path = "-" });
        await Assert.ThrowsAsync<StorageException>(() => source.Plan(new FullWorkspace()));
    }

    private sealed class BrokenPipe(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("Broken pipe.");
    }

    private sealed class FullWorkspace : ISourceWorkspace
    {
        public Stream Create(string name) => throw new IOException("No space left on device.");

        public void Publish(string name) => throw new IOException("No space left on device.");

        public bool Exists(string name) => false;

        public Stream OpenRead(string name) => throw new FileNotFoundException(name);
    }
}
