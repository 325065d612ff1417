using System.Text;
using CsCheck;
using Fanout.Sources;
using Xunit;

namespace Fanout.Conformance.Sources;

/// <summary>What every source that is one text, read where it stands, promises besides.</summary>
public abstract class TextSourceContract(TextKind kind) : SourceContract
{
    protected override Gen<string> GenItem => kind.GenItem;

    protected override SourceSpec Arrange(IReadOnlyList<string> items) => kind.Spec(Put(Encoding.UTF8.GetBytes(kind.Write(items))));

    protected override string Expected(string item, int index) => kind.Expected(item, index);

    /// <summary>What the message says when it is not there.</summary>
    protected abstract string SaysMissing { get; }

    /// <summary>What the message says when it is read, and was there when the run was planned.</summary>
    protected virtual string SaysGone => SaysMissing;

    /// <summary>Puts the text where it is read from, in place of what was there, and returns its path.</summary>
    protected abstract string Put(byte[] text);

    /// <summary>Takes it away.</summary>
    protected abstract void Delete();

    [Fact]
    public async Task TextOfAnotherSize_IsRefused()
    {
        var (source, plan, workspace) = await Planned(2_000);
        Put(new byte[100]);
        var error = await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        Assert.Contains("changed since the run was planned: its size was", error.Message, StringComparison.Ordinal);
        Assert.Contains(" as it was, or start a new run.", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
    }

    [Fact]
    public async Task MissingText_IsRefusedByEveryStep()
    {
        var (source, plan, workspace) = await Planned(3);
        Delete();
        foreach (var step in Steps(source, plan, workspace)[..^1])
        {
            var error = await Assert.ThrowsAsync<SourceException>(step);
            Assert.Contains(SaysMissing, error.Message, StringComparison.Ordinal);
        }

        var gone = await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
        Assert.Contains(SaysGone, gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LostOrDamagedIndex_IsRefused()
    {
        var (source, plan, workspace) = await Planned(3);
        workspace.Replace(WorkspaceFiles.Index, [1, 2, 3]);
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 3, CancellationToken.None));
        workspace.Replace(WorkspaceFiles.Index, new byte[200]);
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 3, CancellationToken.None));
        workspace.Delete(WorkspaceFiles.Index);
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 3, CancellationToken.None));
    }

    [Fact]
    public async Task PlanOfAnotherVersion_IsRefused()
    {
        var (source, plan, workspace) = await Planned(3);
        var other = plan with { Fingerprint = "something else" };
        await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(other, workspace, CancellationToken.None));
    }

    private protected static Func<Task>[] Steps(ISource source, SourcePlan plan, MemoryWorkspace workspace) =>
    [
        async () => await source.CheckAsync(CancellationToken.None),
        async () => await source.PlanAsync(new MemoryWorkspace(), CancellationToken.None),
        async () => await source.VerifyAsync(plan, workspace, CancellationToken.None),
        async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None),
    ];
}
