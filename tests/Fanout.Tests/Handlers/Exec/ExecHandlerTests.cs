using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

public sealed class PortableExecHandlerTests : ExecHandlerContract
{
    private protected override IProcessRunner CreateRunner(ExecOptions options) => new PortableProcessRunner();
}

public sealed class LinuxExecHandlerTests : ExecHandlerContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected override IProcessRunner CreateRunner(ExecOptions options) => new LinuxProcessRunner(new CommandTemplate(options).VariableNames);

    [Fact]
    public void ThisMachine_IsSupported() => Assert.True(LinuxProcessRunner.IsSupported);

    [Fact]
    public async Task Signal_NamesTheFailure()
    {
        await using var handler = Create("""{"command":["sh","-c","echo oh >&2; kill -9 $$"],"append":false}""");

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(""));

        Assert.Equal(new("Signal9", "killed by signal 9: oh"), error);
        Assert.True(retryable);
    }

    [Fact]
    public async Task BrokenPipe_EndsCommandsAsInAShell()
    {
        await using var handler = Create("""{"command":["bash","-c","yes | head -n 1; echo ${{PIPESTATUS[0]}}"],"append":false}""");

        Assert.Equal("\"y\\n141\"", await handler.HandleAsync(Attempts.OfText("")));
    }

    [Fact]
    public async Task StandardInput_IsEmpty_WhenThereIsNone()
    {
        await using var handler = Create("""{"command":["cat"],"append":false}""");

        Assert.Equal("\"\"", await handler.HandleAsync(Attempts.OfText("x")).WaitAsync(Patience));
    }

    [Fact]
    public async Task Cancel_AlsoKillsWhoLeftTheProcessGroup()
    {
        using var fifo = await Fifo.CreateAsync();
        using var cancel = new CancellationTokenSource();
        await using var handler = Create("""{"command":["sh","-c","exec 3>\"$1\"; setsid sh -c 'echo ready >&3; sleep 1000; true' & wait","sh","{}"]}""");

        var handling = handler.HandleAsync(Attempts.OfText(fifo.Path), cancel.Token);
        using var reader = new StreamReader(await fifo.OpenAsync(FileAccess.Read).WaitAsync(Patience));
        Assert.Equal("ready", await reader.ReadLineAsync().WaitAsync(Patience));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handling).WaitAsync(Patience);
        Assert.Null(await reader.ReadLineAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task ScriptWithoutInterpreterLine_FailsForGood()
    {
        var script = Path.Combine(Directory.CreateTempSubdirectory("fanout-test-").FullName, "script");
        await File.WriteAllTextAsync(script, "echo hi");
        await using var handler = Create("""{"command":["{}"]}""");

        Assert.Equal("CommandNotExecutable", (await handler.FailAsync(Attempts.OfText(script))).Error.Type);
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal("CommandNotExecutable", (await handler.FailAsync(Attempts.OfText(script))).Error.Type);
        Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
    }

    [Fact]
    public async Task WorkingDirectoryThatIsNotThere_FailsForGood()
    {
        await using var handler = Create("""{"command":["true"],"workingDirectory":"/no/such/{}"}""");

        Assert.Equal("WorkingDirectoryNotFound", (await handler.FailAsync(Attempts.OfText("x"))).Error.Type);
    }
}
