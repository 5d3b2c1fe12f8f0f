using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.ElastiCache;

[JsonConverter(typeof(ConstantConverter<AutomaticFailoverStatus>))]
public class AutomaticFailoverStatus(string value) : ConstantClass(value), IConstant<AutomaticFailoverStatus>
{
    public static readonly AutomaticFailoverStatus Enabled = new("enabled");
    public static readonly AutomaticFailoverStatus Disabled = new("disabled");
    public static readonly AutomaticFailoverStatus Enabling = new("enabling");
    public static readonly AutomaticFailoverStatus Disabling = new("disabling");

    public static AutomaticFailoverStatus FindValue(string value) => FindValue<AutomaticFailoverStatus>(value);

    public static implicit operator AutomaticFailoverStatus(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<MultiAZStatus>))]
public class MultiAZStatus(string value) : ConstantClass(value), IConstant<MultiAZStatus>
{
    public static readonly MultiAZStatus Enabled = new("enabled");
    public static readonly MultiAZStatus Disabled = new("disabled");

    public static MultiAZStatus FindValue(string value) => FindValue<MultiAZStatus>(value);

    public static implicit operator MultiAZStatus(string value) => FindValue(value);
}
