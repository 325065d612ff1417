using System.Globalization;

namespace Fanout.Handlers.Exec;

/// <summary>What the failures of commands are called.</summary>
internal static class ExecErrors
{
    // Linux's errno values.
    public const int NotFound = 2;
    private const int TooLong = 7, NoExec = 8, NotAllowed = 13, NotADirectory = 20;

    public static Exception CannotStart(int errno, string reason, RenderedCommand command)
    {
        var program = command.TextAt(command.Arguments[0]);
        var directory = command.Directory < 0 ? null : command.TextAt(command.Directory);
        if (errno is NotFound or NotADirectory && directory is not null && !Directory.Exists(directory))
            return new ExecItemException("WorkingDirectoryNotFound", $"The working directory \"{directory}\" does not exist; create it.");
        return errno switch
        {
            NotFound or NotADirectory => new ExecItemException("CommandNotFound", $"\"{program}\" was not found; install it or give its full path (a script's interpreter may be what is missing)."),
            NotAllowed => new ExecItemException("CommandNotExecutable", $"\"{program}\" may not be executed; make it executable, and its directories accessible."),
            NoExec => new ExecItemException("CommandNotExecutable", $"\"{program}\" is no program for this machine; a script needs a first line such as #!/bin/sh."),
            TooLong => new ExecItemException("ArgumentListTooLong", "The system does not pass arguments this long; use \"input\": \"item\" to pass the item as standard input."),
            _ => new TransientItemException("SpawnFailed", $"\"{program}\" could not be started: {reason}. Lower the run's concurrency if the system is out of processes, files or memory."),
        };
    }

    public static Exception Failed(ProcessExit exit, ExecOptions options, string lastLines)
    {
        if (exit.Signal != 0)
        {
            var signal = string.Create(CultureInfo.InvariantCulture, $"Signal{exit.Signal}");
            return new TransientItemException(signal, Join(string.Create(CultureInfo.InvariantCulture, $"killed by signal {exit.Signal}"), lastLines));
        }
        var type = string.Create(CultureInfo.InvariantCulture, $"ExitCode{exit.Code}");
        var message = lastLines.Length > 0 ? lastLines : string.Create(CultureInfo.InvariantCulture, $"exited with {exit.Code}");
        return options.PermanentExitCodes.Contains(exit.Code)
            ? new ExecItemException(type, message)
            : new TransientItemException(type, message);
    }

    private static string Join(string what, string lastLines) => lastLines.Length == 0 ? what : $"{what}: {lastLines}";
}
