using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Fanout.Handlers.Exec;

/// <summary>
/// Runs processes with posix_spawn, each in a process group of its own. Unlike <see cref="System.Diagnostics.Process"/> it needs no lock
/// around forking, no streams and no pool threads, and can kill a group.
/// </summary>
internal sealed unsafe class LinuxProcessRunner : IProcessRunner
{
    private readonly byte[] _attributes = GC.AllocateArray<byte>(LinuxNative.OpaqueSize, pinned: true);
    private readonly byte[] _environmentBytes;
    private readonly nint[] _environment;
    private readonly int _nothing;

    /// <param name="overridden">Variables each command brings itself.</param>
    public LinuxProcessRunner(IEnumerable<string> overridden)
    {
        (_environmentBytes, _environment) = CopyEnvironment(overridden.ToHashSet(StringComparer.Ordinal));
        _nothing = LinuxNative.Open("/dev/null", LinuxNative.ReadWrite | LinuxNative.CloseOnExec);
        if (_nothing < 0)
            throw new InvalidOperationException($"/dev/null cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        fixed (byte* attributes = _attributes)
            FillAttributes(attributes);
    }

    /// <summary>True: the kernel tells of the end of a process through a descriptor (Linux 5.3 and later, unless a sandbox forbids it).</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && CanOpenProcess();

    public ProcessExit Run(RenderedCommand command, ProcessOutput output, CancellationToken cancellationToken)
    {
        output.Clear();
        var kill = new KillSwitch();
        using var registration = cancellationToken.UnsafeRegister(static state => ((KillSwitch)state!).Kill(), kill);
        cancellationToken.ThrowIfCancellationRequested();
        using var pipes = new ProcessPipes(command, output.DropsStandardOutput, _nothing);
        int processId = Spawn(command, pipes);
        kill.Arm(processId);
        pipes.CloseChildEnds();
        bool watched = pipes.Watch(processId);
        if (watched)
            pipes.ReadToEnd(output);
        else
            ProcessTree.Kill(processId);
        kill.Disarm();
        var exit = Reap(processId);
        return watched ? exit : throw ExecErrors.CannotStart(0, "it cannot be watched, too many files are open", command);
    }

    public void Dispose() => _ = LinuxNative.Close(_nothing);

    private int Spawn(RenderedCommand command, ProcessPipes pipes)
    {
        var actions = stackalloc byte[LinuxNative.OpaqueSize];
        _ = LinuxNative.InitActions(actions);
        // Strings and pointers live on the pinned heap or are pinned here until the child has its own copy, which it has when Spawn returns.
        var arguments = new nint[command.Arguments.Length + 1];
        var environment = new nint[_environment.Length + command.Variables.Length + 1];
        int processId = 0, error;
        fixed (byte* bytes = command.Bytes)
        fixed (byte* attributes = _attributes)
        fixed (nint* argumentList = arguments, environmentList = environment)
        {
            for (int i = 0; i < command.Arguments.Length; i++)
                arguments[i] = (nint)(bytes + command.Arguments[i]);
            _environment.CopyTo(environment, 0);
            for (int i = 0; i < command.Variables.Length; i++)
                environment[_environment.Length + i] = (nint)(bytes + command.Variables[i]);
            pipes.AddTo(actions);
            error = command.Directory < 0 ? 0 : LinuxNative.AddDirectory(actions, bytes + command.Directory);
            if (error == 0)
                error = LinuxNative.Spawn(&processId, bytes + command.Program, actions, attributes, (byte**)argumentList, (byte**)environmentList);
        }
        _ = LinuxNative.DestroyActions(actions);
        return error == 0 ? processId : throw ExecErrors.CannotStart(error, Marshal.GetPInvokeErrorMessage(error), command);
    }

    private static ProcessExit Reap(int processId)
    {
        int status;
        while (LinuxNative.WaitProcess(processId, &status, 0) < 0)
        {
            // A process that was started with SIGCHLD ignored never learns how its children ended.
            if (Marshal.GetLastPInvokeError() != LinuxNative.Interrupted)
                throw new TransientItemException("ExitStatusLost", "The system did not say how the command ended; do not start this process with SIGCHLD ignored.");
        }
        int signal = status & 0x7f;
        return new((status >> 8) & 0xff, signal);
    }

    private static void FillAttributes(byte* attributes)
    {
        const int brokenPipe = 13;
        var signals = stackalloc ulong[LinuxNative.OpaqueSize / sizeof(ulong)];
        new Span<ulong>(signals, LinuxNative.OpaqueSize / sizeof(ulong)).Clear();
        _ = LinuxNative.InitAttributes(attributes);
        _ = LinuxNative.SetFlags(attributes, LinuxNative.SpawnSetProcessGroup | LinuxNative.SpawnSetDefaultSignals | LinuxNative.SpawnSetSignalMask);
        _ = LinuxNative.SetProcessGroup(attributes, 0);
        _ = LinuxNative.SetSignalMask(attributes, signals);
        // .NET ignores SIGPIPE, and what is ignored stays ignored in children: `yes | head` would complain instead of ending.
        signals[0] = 1UL << (brokenPipe - 1);
        _ = LinuxNative.SetDefaultSignals(attributes, signals);
    }

    private static (byte[] Bytes, nint[] Pointers) CopyEnvironment(HashSet<string> overridden)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => !overridden.Contains((string)variable.Key))
            .Select(variable => Encoding.UTF8.GetBytes($"{variable.Key}={variable.Value}\0"))
            .ToList();
        var bytes = GC.AllocateUninitializedArray<byte>(Math.Max(1, variables.Sum(variable => variable.Length)), pinned: true);
        var pointers = new nint[variables.Count];
        int start = 0;
        for (int i = 0; i < variables.Count; i++)
        {
            variables[i].CopyTo(bytes, start);
            pointers[i] = Marshal.UnsafeAddrOfPinnedArrayElement(bytes, start);
            start += variables[i].Length;
        }
        return (bytes, pointers);
    }

    private static bool CanOpenProcess()
    {
        int descriptor = LinuxNative.OpenProcess(Environment.ProcessId);
        return descriptor >= 0 && LinuxNative.Close(descriptor) == 0;
    }
}
