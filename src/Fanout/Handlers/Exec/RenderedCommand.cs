using System.Buffers;
using System.Text;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

/// <summary>A command for one item: strings that end in NUL, one after the other in one buffer that is used again for the next item.</summary>
internal sealed class RenderedCommand
{
    private const int KeptBytes = 256 * 1024;
    private readonly List<int> _arguments = [];
    private readonly List<int> _variables = [];
    private ArrayBufferWriter<byte> _bytes = new(1024);
    private int _program;
    private int _directory;
    private int _input;
    private int _inputLength;

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Where the program's path begins.</summary>
    public int Program => _program;

    /// <summary>Where the working directory begins; -1: this process's own.</summary>
    public int Directory => _directory;

    /// <summary>Where the arguments begin, the program's name included.</summary>
    public ReadOnlySpan<int> Arguments => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_arguments);

    /// <summary>Where the added environment variables (<c>name=value</c>) begin.</summary>
    public ReadOnlySpan<int> Variables => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_variables);

    /// <summary>Standard input; meaningless unless <see cref="HasInput"/>.</summary>
    public ReadOnlySpan<byte> Input => Bytes.Slice(_input, _inputLength);

    /// <summary>True: the command reads its input; false: it has none.</summary>
    public bool HasInput { get; private set; }

    public void Clear()
    {
        if (_bytes.Capacity > KeptBytes)
            _bytes = new(1024);
        _bytes.ResetWrittenCount();
        _arguments.Clear();
        _variables.Clear();
        _program = 0;
        _directory = -1;
        HasInput = false;
    }

    public void AddArgument(Template template, ItemContext context) => _arguments.Add(Add(default, template, context, "an argument"));

    public void AddVariable(ReadOnlySpan<byte> nameAndEquals, Template template, ItemContext context) =>
        _variables.Add(Add(nameAndEquals, template, context, "an environment variable"));

    public void AddVariable(ReadOnlySpan<byte> nameAndEquals, string value)
    {
        _variables.Add(_bytes.WrittenCount);
        _bytes.Write(nameAndEquals);
        Encoding.UTF8.GetBytes(value, _bytes);
        _bytes.Write("\0"u8);
    }

    /// <summary>Adds a variable unless its value has a NUL, which no variable can have.</summary>
    public void AddVariableIfPossible(ReadOnlySpan<byte> nameAndEquals, Template template, ItemContext context)
    {
        int start = _bytes.WrittenCount;
        _bytes.Write(nameAndEquals);
        template.Render(context, _bytes);
        if (!Bytes[start..].Contains((byte)0))
            _variables.Add(start);
        _bytes.Write("\0"u8);
    }

    public void SetDirectory(Template template, ItemContext context) => _directory = Add(default, template, context, "a working directory");

    public void SetProgram(string path)
    {
        _program = _bytes.WrittenCount;
        Encoding.UTF8.GetBytes(path, _bytes);
        _bytes.Write("\0"u8);
    }

    public void SetInput(ItemContext context)
    {
        HasInput = true;
        _input = _bytes.WrittenCount;
        Template.Item.Render(context, _bytes);
        _inputLength = _bytes.WrittenCount - _input;
    }

    public string TextAt(int start)
    {
        var rest = Bytes[start..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private int Add(ReadOnlySpan<byte> prefix, Template template, ItemContext context, string what)
    {
        int start = _bytes.WrittenCount;
        _bytes.Write(prefix);
        template.Render(context, _bytes);
        if (Bytes[start..].Contains((byte)0))
            throw new ExecItemException("UnusableArgument", $"The item has a NUL character where {what} is made of it; pass it as input instead.");
        _bytes.Write("\0"u8);
        return start;
    }
}
