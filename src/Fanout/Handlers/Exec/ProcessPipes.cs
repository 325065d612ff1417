using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fanout.Handlers.Exec;

/// <summary>The descriptors of one child: what it reads and writes, and the end of it. Closed together.</summary>
internal sealed unsafe class ProcessPipes : IDisposable
{
    // Descendants that outlive the command may hold its output open for ever; what they write this long after its end is still read.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);
    private const int None = -1;
    private readonly int _nothing;
    private int _input = None;
    private int _outputRead = None;
    private int _outputWrite = None;
    private int _errorRead = None;
    private int _errorWrite = None;
    private int _process = None;

    /// <exception cref="TransientItemException">The system is out of files or memory.</exception>
    public ProcessPipes(RenderedCommand command, bool dropOutput, int nothing)
    {
        _nothing = nothing;
        try
        {
            if (command.HasInput)
                _input = CreateInput(command);
            if (!dropOutput)
                (_outputRead, _outputWrite) = CreatePipe(command);
            (_errorRead, _errorWrite) = CreatePipe(command);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void AddTo(void* actions)
    {
        _ = LinuxNative.AddDuplicate(actions, _input == None ? _nothing : _input, 0);
        _ = LinuxNative.AddDuplicate(actions, _outputWrite == None ? _nothing : _outputWrite, 1);
        _ = LinuxNative.AddDuplicate(actions, _errorWrite, 2);
    }

    /// <summary>The child has its own; ours would keep the pipes open for ever.</summary>
    public void CloseChildEnds()
    {
        Close(ref _input);
        Close(ref _outputWrite);
        Close(ref _errorWrite);
    }

    /// <summary>False: the system is out of files.</summary>
    public bool Watch(int processId) => (_process = LinuxNative.OpenProcess(processId)) >= 0;

    /// <summary>Reads until the child has ended and its output too, or <see cref="Grace"/> after its end.</summary>
    public void ReadToEnd(ProcessOutput output)
    {
        var watched = stackalloc LinuxNative.PollDescriptor[3];
        watched[0] = new() { Descriptor = _outputRead, Events = LinuxNative.PollIn };
        watched[1] = new() { Descriptor = _errorRead, Events = LinuxNative.PollIn };
        watched[2] = new() { Descriptor = _process, Events = LinuxNative.PollIn };
        long ended = 0;
        while (watched[0].Descriptor >= 0 || watched[1].Descriptor >= 0 || watched[2].Descriptor >= 0)
        {
            int timeout = watched[2].Descriptor >= 0 ? -1 : (int)Math.Max(0, (Grace - Stopwatch.GetElapsedTime(ended)).TotalMilliseconds);
            int ready = LinuxNative.Poll(watched, 3, timeout);
            if (ready == 0)
                return;
            if (ready < 0)
                continue;
            if (watched[0].Returned != 0 && !ReadSome(_outputRead, output.StandardOutput))
                watched[0].Descriptor = None;
            if (watched[1].Returned != 0 && !ReadSome(_errorRead, output.StandardError))
                watched[1].Descriptor = None;
            if (watched[2].Returned != 0)
            {
                ended = Stopwatch.GetTimestamp();
                watched[2].Descriptor = None;
            }
            // Poll leaves what it skips untouched on some kernels.
            watched[0].Returned = watched[1].Returned = watched[2].Returned = 0;
        }
    }

    public void Dispose()
    {
        CloseChildEnds();
        Close(ref _outputRead);
        Close(ref _errorRead);
        Close(ref _process);
    }

    private static bool ReadSome(int descriptor, OutputHead head)
    {
        int count = Read(descriptor, head.Space());
        head.Advance(Math.Max(count, 0));
        return count > 0;
    }

    private static bool ReadSome(int descriptor, OutputTail tail)
    {
        int count = Read(descriptor, tail.Space());
        tail.Advance(Math.Max(count, 0));
        return count > 0;
    }

    private static int Read(int descriptor, Span<byte> space)
    {
        fixed (byte* bytes = space)
        {
            nint count;
            do
                count = LinuxNative.Read(descriptor, bytes, (nuint)space.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == LinuxNative.Interrupted);
            return (int)count;
        }
    }

    // A file in memory, not a pipe: it takes an item of any size at once, and a command that does not read it blocks nobody.
    private static int CreateInput(RenderedCommand command)
    {
        int file = LinuxNative.CreateMemoryFile("fanout-item", 1);
        if (file < 0)
            throw OutOfDescriptors(command);
        fixed (byte* bytes = command.Input)
        {
            nint written = 0;
            while (written < command.Input.Length)
            {
                var count = LinuxNative.Write(file, bytes + written, (nuint)(command.Input.Length - written));
                if (count <= 0)
                {
                    var failure = OutOfDescriptors(command);
                    _ = LinuxNative.Close(file);
                    throw failure;
                }
                written += count;
            }
        }
        _ = LinuxNative.Seek(file, 0, 0);
        return file;
    }

    private static (int Read, int Write) CreatePipe(RenderedCommand command)
    {
        var ends = stackalloc int[2];
        return LinuxNative.Pipe(ends, LinuxNative.CloseOnExec) == 0 ? (ends[0], ends[1]) : throw OutOfDescriptors(command);
    }

    private static Exception OutOfDescriptors(RenderedCommand command) =>
        ExecErrors.CannotStart(0, Marshal.GetLastPInvokeErrorMessage(), command);

    private static void Close(ref int descriptor)
    {
        if (descriptor != None)
            _ = LinuxNative.Close(descriptor);
        descriptor = None;
    }
}
