using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

/// <summary>Counts what the whole process has open, so nothing else may run beside it.</summary>
[Collection(nameof(ExecLeakTests))]
[CollectionDefinition(nameof(ExecLeakTests), DisableParallelization = true)]
public sealed class ExecLeakTests
{
    [Fact]
    public async Task AfterDispose_NoThreadPipeOrProcessHandleIsLeft()
    {
        var before = OpenKinds();
        var handler = new ExecHandler(ExecOptionsReader.Read(Attempts.Json("""{"command":["cat","/dev/null"],"input":"item"}""")));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => handler.HandleAsync(Attempts.OfJson($"{i}"))));
        await Assert.ThrowsAnyAsync<Exception>(() => handler.HandleAsync(Attempts.OfText("x"), new CancellationToken(canceled: true)));
        Assert.True(handler.LiveThreads > 0);
        var during = OpenKinds();

        await handler.DisposeAsync();

        Assert.Empty(during.Except(before));
        Assert.Empty(OpenKinds().Except(before));
        Assert.Equal(0, handler.LiveThreads);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handler.HandleAsync(Attempts.OfText("x")));
    }

    // Pipes, process handles and memory files; sockets and the runtime's own files come and go.
    private static List<string> OpenKinds()
    {
        var targets = new List<string>();
        foreach (var link in Directory.GetFiles("/proc/self/fd"))
        {
            var target = new FileInfo(link).LinkTarget ?? "";
            if (target.StartsWith("pipe:", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal) || target.Contains("memfd:fanout", StringComparison.Ordinal))
                targets.Add(target);
        }
        return targets;
    }
}
