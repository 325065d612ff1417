using System.Buffers;
using System.Text.Json;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

/// <summary>Runs a command for each item, never through a shell. Its standard output is the result, its exit code says whether it succeeded.</summary>
internal sealed class ExecHandler : ItemHandler
{
    private readonly ExecOptions _options;
    private readonly CommandTemplate _command;
    private readonly IProcessRunner _runner;
    private readonly ExecThreads _threads;
    private readonly CancellationTokenSource _disposal = new();

    public ExecHandler(ExecOptions options, IProcessRunner? runner = null)
    {
        _options = options;
        _command = new(options);
        _runner = runner ?? (LinuxProcessRunner.IsSupported ? new LinuxProcessRunner(_command.VariableNames) : new PortableProcessRunner());
        _threads = new(MakeWork);
    }

    /// <summary>Threads that have not ended yet.</summary>
    public int LiveThreads => _threads.Live;

    public override ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var job = new ExecJob(context, output, cancellationToken);
        _threads.Start(job);
        return new(job.Task);
    }

    /// <summary>Kills what still runs and ends the threads.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _disposal.CancelAsync().ConfigureAwait(false);
        // Whoever awaited the last item may be on its thread, which cannot wait for its own end.
        await Task.Yield();
        _threads.Dispose();
        _runner.Dispose();
        _disposal.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // One per thread: buffers are used again from item to item.
    private Action<ExecJob> MakeWork()
    {
        var command = new RenderedCommand();
        var output = new ProcessOutput(_options);
        return job => Run(job, command, output);
    }

    private void Run(ExecJob job, RenderedCommand command, ProcessOutput output)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken, _disposal.Token);
        _command.Render(job.Context, command, job.TraceParent);
        var exit = _runner.Run(command, output, stop.Token);
        if (exit.Signal == 0 && _options.SuccessExitCodes.Contains(exit.Code))
            WriteResult(output, job.Output);
        else
            throw Fail(exit, output, stop.Token);
    }

    private Exception Fail(ProcessExit exit, ProcessOutput output, CancellationToken stopped) =>
        stopped.IsCancellationRequested
            ? new OperationCanceledException(stopped)
            : ExecErrors.Failed(exit, _options, output.StandardError.LastLines());

    private void WriteResult(ProcessOutput output, IBufferWriter<byte> result)
    {
        var head = output.StandardOutput;
        if (_options.Output == ExecOutput.Text)
            JsonOutput.WriteText(head.Kept.TrimEnd("\r\n"u8), result);
        else if (_options.Output == ExecOutput.Json)
            WriteJson(head, result);
    }

    private void WriteJson(OutputHead head, IBufferWriter<byte> result)
    {
        if (head.Truncated)
            throw new ExecItemException("OutputTooLarge", $"The command wrote more than {_options.MaxOutputBytes} bytes of JSON; raise maxOutputBytes, or let it write less.");
        var json = head.Kept.Trim(" \t\r\n"u8);
        if (json.IsEmpty)
            return;
        try
        {
            JsonOutput.CheckOneValue(json);
        }
        catch (JsonException e)
        {
            throw new ExecItemException("OutputNotJson", $"The command's output is not one JSON value: {e.Message} Use \"output\": \"text\" to keep it as text.");
        }
        CompactJson.Copy(json, result);
    }
}
