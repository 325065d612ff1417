using System.ComponentModel;
using System.Diagnostics;

namespace Fanout.Handlers.Exec;

/// <summary>Runs processes where <see cref="LinuxProcessRunner"/> cannot: slower, with the same promises as far as the system has them.</summary>
internal sealed class PortableProcessRunner : IProcessRunner
{
    // Descendants that outlive the command may hold its output open for ever. Long, because the pool may be late to read what is there already.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public ProcessExit Run(RenderedCommand command, ProcessOutput output, CancellationToken cancellationToken)
    {
        output.Clear();
        cancellationToken.ThrowIfCancellationRequested();
        if (command.TextAt(command.Program).Length == 0)
            throw ExecErrors.CannotStart(ExecErrors.NotFound, "", command);
        using var process = new Process { StartInfo = Describe(command) };
        Start(process, command);
        using var registration = cancellationToken.UnsafeRegister(static state => Kill((Process)state!), process);
        var reading = new[] { ReadOutputAsync(process, output), ReadErrorAsync(process, output), WriteInputAsync(process, command.HasInput ? command.Input.ToArray() : []) };
        process.WaitForExitAsync(CancellationToken.None).Wait(CancellationToken.None);
        if (Task.WhenAll(reading).Wait(Grace, CancellationToken.None))
            return new(process.ExitCode, 0);
        // A descendant holds the output open: closing our end makes the readers stop.
        var exit = new ProcessExit(process.ExitCode, 0);
        process.StandardOutput.Close();
        process.StandardError.Close();
        Task.WhenAll(reading).Wait(Grace, CancellationToken.None);
        return exit;
    }

    public void Dispose()
    {
    }

    private static ProcessStartInfo Describe(RenderedCommand command)
    {
        var start = new ProcessStartInfo(command.TextAt(command.Program))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.Directory < 0 ? "" : command.TextAt(command.Directory),
        };
        foreach (var argument in command.Arguments[1..])
            start.ArgumentList.Add(command.TextAt(argument));
        foreach (var variable in command.Variables)
        {
            var text = command.TextAt(variable);
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            start.Environment[text[..equals]] = text[(equals + 1)..];
        }
        return start;
    }

    private static void Start(Process process, RenderedCommand command)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw ExecErrors.CannotStart(e.NativeErrorCode, e.Message, command);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private static async Task ReadOutputAsync(Process process, ProcessOutput output)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await ReadAsync(process.StandardOutput.BaseStream, buffer).ConfigureAwait(false)) > 0)
            Copy(buffer.AsSpan(0, count), output.StandardOutput.Space, output.StandardOutput.Advance);
    }

    private static async Task ReadErrorAsync(Process process, ProcessOutput output)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await ReadAsync(process.StandardError.BaseStream, buffer).ConfigureAwait(false)) > 0)
            Copy(buffer.AsSpan(0, count), output.StandardError.Space, output.StandardError.Advance);
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task WriteInputAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command does not read its input.
        }
    }

    private delegate Span<byte> SpaceSource();

    private static void Copy(ReadOnlySpan<byte> bytes, SpaceSource space, Action<int> advance)
    {
        while (!bytes.IsEmpty)
        {
            var target = space();
            int count = Math.Min(target.Length, bytes.Length);
            bytes[..count].CopyTo(target);
            advance(count);
            bytes = bytes[count..];
        }
    }
}
