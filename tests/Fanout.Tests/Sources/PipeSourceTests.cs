using System.Globalization;
using System.IO.Pipes;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class PipeSourceTests
{
    [Fact]
    public async Task PathOfAPipe_IsCopiedOnceLikeStandardInput()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var readEnd = new AnonymousPipeServerStream(PipeDirection.In);
        await using (var writeEnd = new AnonymousPipeClientStream(PipeDirection.Out, readEnd.ClientSafePipeHandle))
            await writeEnd.WriteAsync("a\nb\n"u8.ToArray());
        var descriptor = readEnd.SafePipeHandle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        var source = SourceReading.Factory().Create(new LinesSourceSpec { Path = $"/proc/self/fd/{descriptor}" });
        var workspace = new MemoryWorkspace();

        await source.CheckAsync(CancellationToken.None);
        var plan = await source.Plan(workspace);
        Assert.Equal(["a", "b"], (await source.Read(plan, workspace, 0, plan.ItemCount)).Select(i => i.Value));
        Assert.Equal(plan, await source.Plan(workspace));
        await Assert.ThrowsAsync<SourceException>(() => Interrupted(source));
    }

    private static Task<SourcePlan> Interrupted(ISource source)
    {
        var workspace = new MemoryWorkspace();
        workspace.Replace(WorkspaceFiles.InputStarted, []);
        return source.Plan(workspace);
    }
}
